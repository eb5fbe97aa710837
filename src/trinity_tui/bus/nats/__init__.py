"""The log in a NATS JetStream, for when one machine is not enough: the second carrier behind ``bus.carrier.Bus``."""
