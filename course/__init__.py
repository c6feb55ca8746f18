"""The Social Value Academy: courseware for commissioners and providers of public services."""
