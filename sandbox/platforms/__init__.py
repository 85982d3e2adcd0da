"""What the simulated platforms share: accounts, codes, trouble, and the control endpoints."""
