"""Write Calderbrook's data: `python -m course.tenders.calderbrook DATASETS_FOLDER`."""

import argparse
import sys
from pathlib import Path

from course.errors import InputError
from course.tenders.calderbrook import generate

parser = argparse.ArgumentParser(description="Write the fictional council's data into a folder.")
parser.add_argument("folder", type=Path, help="the folder to write to")
try:
    generate(parser.parse_args().folder)
except InputError as error:
    sys.exit(str(error))
