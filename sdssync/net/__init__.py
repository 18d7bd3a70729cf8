"""One bounded HTTP request. What it asks for and what an answer means is known to the caller alone."""
