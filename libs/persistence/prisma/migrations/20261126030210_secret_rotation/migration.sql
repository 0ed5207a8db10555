-- AlterTable
ALTER TABLE "apps" ADD COLUMN     "previous_app_sign_hash" TEXT,
ADD COLUMN     "previous_app_sign_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "secrets" ADD COLUMN     "promoted_at" TIMESTAMPTZ(3);

-- The only secret of an AppID is the one in use.
UPDATE "secrets" SET "promoted_at" = "created_at" WHERE "retired_at" IS NULL;
