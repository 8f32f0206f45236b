"""Simulated people outside, who get real mail and act on it over real HTTP."""
