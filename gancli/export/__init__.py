"""A trained generator for use elsewhere: in another program, in a browser, or by another user of gan."""
