"""`python -m gateway` is `referral-gateway`."""

from gateway.cli.app import main

if __name__ == "__main__":
    main()
