"""What Google must be told about the Gmail add-on: its deployment, with the installation's address left open."""
