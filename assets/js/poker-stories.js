// Comfort for the stories of a poker room.
