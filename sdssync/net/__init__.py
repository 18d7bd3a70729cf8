"""One bounded HTTP request. What is asked and what an answer means is not known here."""
