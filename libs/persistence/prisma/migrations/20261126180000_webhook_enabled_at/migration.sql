-- AlterTable: unknown for the endpoints that exist, which keep what their senders have counted.
ALTER TABLE "webhook_endpoints" ADD COLUMN "enabled_at" TIMESTAMPTZ(3);
ALTER TABLE "webhook_endpoints" ALTER COLUMN "enabled_at" SET DEFAULT CURRENT_TIMESTAMP;
