module polyroom.example/server-sdk-go

go 1.21
