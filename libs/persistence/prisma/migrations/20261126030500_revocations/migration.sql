-- AlterTable
ALTER TABLE "apps" ADD COLUMN     "revocations_version" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "revocations" (
    "app_id" BIGINT NOT NULL,
    "user_id" TEXT NOT NULL,
    "token_id" TEXT NOT NULL,
    "issued_before" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "revocations_pkey" PRIMARY KEY ("app_id","user_id","token_id")
);

-- AddForeignKey
ALTER TABLE "revocations" ADD CONSTRAINT "revocations_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("app_id") ON DELETE CASCADE ON UPDATE CASCADE;
