"""Files of contacts that leave the register: asked for by one person, allowed by another (S22)."""
