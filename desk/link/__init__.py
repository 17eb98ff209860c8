"""Local sockets between Desk's processes (`sockets`), their addresses and token, and a process's tie to the launcher
(`child`). Nothing is loaded here: the launcher starts its processes before it loads the sockets."""
