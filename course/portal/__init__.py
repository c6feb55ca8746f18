"""The academy's one page, its Voila template and the server that carries them."""
