-- AlterTable
ALTER TABLE "audits" ADD COLUMN     "address" TEXT,
ADD COLUMN     "hash" TEXT,
ADD COLUMN     "outcome" TEXT NOT NULL DEFAULT 'done',
ADD COLUMN     "report_id" TEXT,
ADD COLUMN     "request_id" TEXT,
ADD COLUMN     "seq" BIGINT;

-- CreateTable
CREATE TABLE "audit_heads" (
    "app_id" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("app_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "audits_report_id_key" ON "audits"("report_id");

-- CreateIndex
CREATE UNIQUE INDEX "audits_app_id_seq_key" ON "audits"("app_id", "seq");

-- Append-only, also for the owner of the tables, which is the service. The adapter for PostgreSQL splits scripts at
-- every semicolon, so the one in the function is escaped.
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS
  E'BEGIN RAISE EXCEPTION ''the audit is append-only: % of % is refused'', TG_OP, TG_TABLE_NAME\x3B END';

CREATE TRIGGER "audits_append_only" BEFORE UPDATE OR DELETE ON "audits"
  FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audits_no_truncate" BEFORE TRUNCATE ON "audits"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();

-- The head of a chain only moves forward.
CREATE TRIGGER "audit_heads_forward" BEFORE UPDATE ON "audit_heads"
  FOR EACH ROW WHEN (NEW.app_id <> OLD.app_id OR NEW.seq <= OLD.seq) EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_heads_keep" BEFORE DELETE ON "audit_heads"
  FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_heads_no_truncate" BEFORE TRUNCATE ON "audit_heads"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
