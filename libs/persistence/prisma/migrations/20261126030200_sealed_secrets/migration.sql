-- AlterTable
ALTER TABLE "secrets" ADD COLUMN     "sealed" TEXT,
ALTER COLUMN "value" DROP NOT NULL;
