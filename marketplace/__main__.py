"""``python -m marketplace`` is the command line."""

from marketplace.cli import main

if __name__ == "__main__":
    main(prog_name="marketplace")
