"""What a seat's health looks like from outside the rooms: the computer under it (folders, disk, keyring, program), the
seat that runs on it, and how findings are told to people and to machines. What a room owns, the room looks at."""
