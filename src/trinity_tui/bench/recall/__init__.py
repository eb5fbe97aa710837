"""What the search of the shared memory is measured on: made-up project logs, and what others find in them."""
