"""What is stopped, why and by whom; and what an operator has to be told."""
