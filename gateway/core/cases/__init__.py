"""What is known about a person beside her consents: facts, deadlines for children, broken glass."""
