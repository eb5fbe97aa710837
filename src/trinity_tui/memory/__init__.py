"""The shared memory on disk: the files of its lines, the index over them, and how it is searched and exchanged."""
