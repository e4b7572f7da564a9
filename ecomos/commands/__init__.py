"""What the commands do. One function a command, each given the parsed words and giving the exit code."""
