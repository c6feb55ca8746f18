"""Run the academy's command: `python -m course …` is `academy …`."""

from course.cli import main

if __name__ == "__main__":
    main()
