-- CreateTable
CREATE TABLE "login_hooks" (
    "app_id" BIGINT NOT NULL,
    "url" TEXT NOT NULL,
    "deadline_ms" INTEGER NOT NULL,
    "on_failure" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_hooks_pkey" PRIMARY KEY ("app_id")
);

-- AddForeignKey
ALTER TABLE "login_hooks" ADD CONSTRAINT "login_hooks_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("app_id") ON DELETE CASCADE ON UPDATE CASCADE;
