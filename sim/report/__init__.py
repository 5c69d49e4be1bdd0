"""What people look at: numbers as text, the terminal, a customer's story."""
