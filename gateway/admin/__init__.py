"""The operator's door: the one application on the gateway's own Unix socket.

There is no authentication beyond the socket's mode (0600, inside a data folder of mode 0700): who may open it could
read the database and the key ring as well. Nothing here may ever listen on a network.
"""
