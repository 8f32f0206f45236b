"""A Google to run against. What it knows it knows from Google's documents, so it can't agree with our bugs."""
