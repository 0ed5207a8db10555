-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "endpoint_id" TEXT NOT NULL,
    "app_id" BIGINT NOT NULL,
    "url" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "types" TEXT[],
    "room_ids" TEXT[],
    "description" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" TEXT,
    "disabled_at" TIMESTAMPTZ(3),
    "sealed" TEXT NOT NULL,
    "former_sealed" TEXT,
    "former_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("endpoint_id")
);

-- CreateIndex
CREATE INDEX "webhook_endpoints_app_id_created_at_idx" ON "webhook_endpoints"("app_id", "created_at");

-- AddForeignKey
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("app_id") ON DELETE CASCADE ON UPDATE CASCADE;
