-- CreateTable
CREATE TABLE "usage" (
    "app_id" BIGINT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "room_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "session_ms" BIGINT NOT NULL,
    "member_ms" BIGINT NOT NULL,
    "messages" BIGINT NOT NULL,
    "message_bytes" BIGINT NOT NULL,
    "sent_bytes" BIGINT NOT NULL,
    "received_bytes" BIGINT NOT NULL,

    CONSTRAINT "usage_pkey" PRIMARY KEY ("app_id","hour","room_id","user_id")
);

-- CreateTable
CREATE TABLE "usage_reports" (
    "report_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_reports_pkey" PRIMARY KEY ("report_id")
);

-- CreateIndex
CREATE INDEX "usage_hour_idx" ON "usage"("hour");

-- CreateIndex
CREATE INDEX "usage_reports_created_at_idx" ON "usage_reports"("created_at");

-- AddForeignKey
ALTER TABLE "usage" ADD CONSTRAINT "usage_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("app_id") ON DELETE CASCADE ON UPDATE CASCADE;
