"""What a service's owner does to it, and what an update must leave of that."""
