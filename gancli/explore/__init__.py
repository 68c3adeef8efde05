"""``gan explore``: a page on this machine for playing with a trained model.

``server`` listens, ``security`` refuses what does not come from the page, ``app`` has the addresses, ``requests`` what
may be asked, ``session`` the checkpoints, ``drawing`` the pictures, which are those of ``gan sample`` to the bit.
"""
