//! `comment`: what one pull request cost, as a comment, or nothing.

use super::args::CommentArgs;
use super::exit_code::Exit;
use super::{Output, Prepared, terminal};
use crate::audit;
use crate::error::{Error, Result};
use crate::report::comment::{self, Asked};

pub(super) fn run(args: &CommentArgs) -> Result<Exit> {
    let common = args.common();
    let prepared = Prepared::new(&common)?;
    let mut out = Output::open(&common)?;
    let material = prepared.install(&common, |options, watcher| audit::run_links(options, watcher))?;
    let Some(linking) = &material.links else {
        return Err(Error::usage("this folder is in no git repository", "add --repo PATH"));
    };
    let asked = Asked { number: args.pull_request, branch: args.head.clone() };
    let least = args.min_usd.or(prepared.options.config.comment_least).unwrap_or_default();
    let text = comment::comment(&material.run, linking, &asked, least)?;
    out.write(|out| out.write_all(text.unwrap_or_default().as_bytes()))?;
    let failed = material.run.failed_inputs;
    terminal::tell(&common, &material.run.diagnostics.into_sorted(), false);
    Ok(if failed > 0 { Exit::Input } else { Exit::Done })
}
