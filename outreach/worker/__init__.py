"""What runs by itself: the sender and the ticks that wake the use cases; no rule of its own."""
