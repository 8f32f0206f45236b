"""The company's people as Marketo and Salesforce both know them: one population, two views."""
