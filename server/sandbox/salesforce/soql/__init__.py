"""A small SOQL: what is asked of leads, contacts, accounts, opportunities, tasks and users."""
