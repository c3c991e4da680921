"""Other nodes and other registers: what comes from them and what goes to them."""
