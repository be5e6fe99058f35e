"""WeChat through a Wechaty puppet service, spoken to directly in gRPC (extra `wechaty`)."""
