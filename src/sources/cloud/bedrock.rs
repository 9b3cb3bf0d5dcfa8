//! Bedrock model invocation logs (S3 or CloudWatch). Bodies may repeat usage and hold prompts; only the counts are read.

use crate::model::bill::{Authority, Coverage};
use crate::model::hash::hash_text;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};
use crate::sources::record::DraftTokens;
use crate::sources::rejection::NO_TIME;
use crate::sources::values::count::Count;

pub(crate) static BEDROCK: Page = Page {
    id: "bedrock-invocations",
    title: "Amazon Bedrock invocation logs (JSON lines)",
    about: "Export: model invocation logging to S3 (.gz as they are) or CloudWatch, one request a line.\n\
            Counted: one record per requestId. Cached tokens are separate from the input; the user is the caller's ARN. \
            An application inference profile hides its model. Bodies are not read.\n\
            Lacks: money, cache lifetimes and sessions.",
    needs: &[&["schemaType", "modelId", "inputTokenCount"], &["schemaType", "modelId", "requestId"]],
    lacks: &[],
    folders: None,
    read,
};

fn read(line: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if line.text("schemaType") != Some("ModelInvocationLog") {
        return false;
    }
    let Some(start) = line.instant("timestamp") else {
        sink.reject(NO_TIME);
        return true;
    };
    let mut record = sink.draft(Authority::VendorUsage, start);
    record.tokens = DraftTokens {
        input: line.count("input/inputTokenCount"),
        cache_read: line.count("input/cacheReadInputTokenCount"),
        cache_write_unspecified: line.count("input/cacheWriteInputTokenCount"),
        output: line.count("output/outputTokenCount"),
        ..DraftTokens::default()
    };
    record.request_count = Count::Known(1);
    if line.has("errorCode") {
        record.bill.coverage = Coverage::Errored;
    }
    record.provider = sink.name(Some("aws"));
    record.model = sink.name(line.text("modelId").map(|id| id.rsplit('/').next().unwrap_or(id)));
    record.user = sink.name(line.text("identity/arn"));
    record.project = sink.name(line.text("accountId"));
    record.request = line.text("requestId").map(hash_text);
    sink.add_named(record, &[line.text("requestId").unwrap_or("")]);
    true
}
