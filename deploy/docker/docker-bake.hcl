# Builds the images of all services at once; the stages that they share are built once:
#   docker buildx bake --file deploy/docker/docker-bake.hcl
variable "REGISTRY" {
  description = "Before the names of the images, with a slash at its end, such as registry.example/"
  default     = ""
}

variable "TAG" {
  default = "latest"
}

variable "REVISION" {
  description = "The commit, which the services report"
  default     = ""
}

group "default" {
  targets = ["image"]
}

target "image" {
  name = service
  matrix = {
    service = ["auth", "console", "gateway", "interop", "media", "messaging", "recorder", "room", "webhooks"]
  }
  context    = "."
  dockerfile = "deploy/docker/Dockerfile"
  args = {
    SERVICE  = service
    REVISION = REVISION
  }
  tags = ["${REGISTRY}polyroom/${service}:${TAG}"]
  labels = {
    "org.opencontainers.image.title"    = "polyroom/${service}"
    "org.opencontainers.image.licenses" = "Apache-2.0"
    "org.opencontainers.image.revision" = REVISION
    "org.opencontainers.image.version"  = TAG
  }
}
