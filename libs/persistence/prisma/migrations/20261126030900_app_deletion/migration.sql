-- The audit outlives its AppID.
ALTER TABLE "audits" DROP CONSTRAINT IF EXISTS "audits_app_id_fkey";
