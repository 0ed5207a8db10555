-- AlterTable
ALTER TABLE "apps" ADD COLUMN     "credential_kinds" TEXT[] DEFAULT ARRAY['token04', 'native']::TEXT[],
ADD COLUMN     "max_token_seconds" INTEGER;

-- AppIDs that exist keep what their clients log in with. New ones accept tokens only.
UPDATE "apps" SET "credential_kinds" = ARRAY['appSign', 'token04', 'native']::TEXT[];
