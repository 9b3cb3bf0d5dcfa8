//! Gemini in Google Workspace: the activity log that the Reports API gives for `gemini_in_workspace_apps`.
//!
//! - In: pages of `activities.list`, or activities alone. Out: a record for each use of a feature.
//! - Source: developers.google.com/workspace/admin/reports/v1/appendix/activity/gemini-in-workspace-apps.
//! - Refuses: events without a time.

use super::Prompt;
use crate::sources::json::access::Json;
use crate::sources::json::page::{Page, Sink};

const APPLICATION: &str = "gemini_in_workspace_apps";

pub(crate) static GEMINI_WORKSPACE: Page = Page {
    id: "gemini-workspace",
    title: "Gemini in Google Workspace, activity",
    about: "Export: activities.list of the Admin SDK's Reports API with applicationName=gemini_in_workspace_apps.\n\
            Counted: one record per event feature_utilization, which a seat covers: no dollars and no tokens.\n\
            Set aside: the same event in another export (duplicate).\n\
            Lacks: texts, so nothing is judged, models, conversations, tokens and bill. An event is a use of a feature, which Gemini may \
            have started by itself.",
    needs: &[&["applicationName", "uniqueQualifier", "events"]],
    lacks: &[],
    read,
};

fn read(value: Json<'_>, sink: &mut Sink<'_>) -> bool {
    if value.text("id/applicationName") == Some(APPLICATION) {
        value.note_numbers();
        activity(value, sink);
        return true;
    }
    let mut any = false;
    for item in value.items("items").filter(|item| item.text("id/applicationName") == Some(APPLICATION)) {
        item.note_numbers();
        activity(item, sink);
        any = true;
    }
    any
}

fn activity(item: Json<'_>, sink: &mut Sink<'_>) {
    let used = |event: &Json<'_>| event.text("name") == Some("feature_utilization");
    for (at, _) in item.items("events").enumerate().filter(|(_, event)| used(event)) {
        let qualifier = item.string("id/uniqueQualifier").unwrap_or_default();
        let place = format!("{} {at}", item.text("id/time").unwrap_or_default());
        Prompt {
            provider: "google",
            id: [&qualifier, &place],
            at: item.instant("id/time"),
            user: item.text("actor/email").or_else(|| item.text("actor/profileId")),
            ..Prompt::default()
        }
        .add(sink);
    }
}
