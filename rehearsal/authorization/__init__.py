"""Who may do what: AWS's authorization of requests, by the policies that the stack deployed."""
