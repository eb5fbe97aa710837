"""What each kind of record changes in the room, a module for each; ``core/room_fold.py`` says which comes when."""
