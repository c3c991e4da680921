"""A card of the register in the forms that other registers and the AI Act ask for, and back."""
