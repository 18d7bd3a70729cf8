"""The ways in which a notification goes. It knows what is sent and where to, and not when."""
