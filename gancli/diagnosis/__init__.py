"""What a bug report needs: versions, machine, plugins, data, settings, and what may cause problems.

Nothing here needs torch. What may be broken, torch and plugins, is imported in a process of its own.
"""
