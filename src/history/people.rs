//! Authors and committers → who they are: by the mailmap, what kind of account, and which tool signs like this.
//!
//! A few people write most commits, so each name and address is resolved once.

use std::collections::HashMap;
use std::rc::Rc;

use gix::actor::SignatureRef;

use super::assist::{self, Signed};
use super::bots::{self, Account};
use super::message;
use crate::model::commit::Identity;

/// Who an author or committer is.
pub(super) struct Person {
    /// After the mailmap.
    pub(super) identity: Identity,
    /// By the account as written, since a mailmap may give a bot or a tool a person's name.
    pub(super) account: Account,
    /// By the account as written.
    pub(super) tool: Option<Signed>,
}

/// All people so far.
pub(super) struct People {
    mailmap: gix::mailmap::Snapshot,
    /// By name, address and encoding as written in commits.
    known: HashMap<Vec<u8>, Rc<Person>>,
    /// The key of the last search; its memory is reused.
    key: Vec<u8>,
}

impl People {
    /// No people yet, and the repository's mailmap.
    pub(super) fn new(repository: &gix::Repository) -> Self {
        Self { mailmap: repository.open_mailmap(), known: HashMap::new(), key: Vec::new() }
    }

    /// The person behind a signature; `encoding` is the commit's.
    pub(super) fn person(&mut self, signature: SignatureRef<'_>, encoding: Option<&[u8]>) -> Rc<Person> {
        self.key.clear();
        // None of the parts contains a line end.
        for part in [signature.name.as_ref(), signature.email.as_ref(), encoding.unwrap_or_default()] {
            self.key.extend_from_slice(part);
            self.key.push(b'\n');
        }
        if let Some(known) = self.known.get(&self.key) {
            return Rc::clone(known);
        }
        let as_written = Identity {
            name: message::decode(signature.name, encoding),
            email: message::decode(signature.email, encoding),
        };
        let (account, tool) = (bots::account(&as_written), assist::signed(&as_written));
        let identity = match self.mailmap.try_resolve_ref(signature) {
            Some(new) => Identity {
                name: new.name.map_or(as_written.name, |name| message::decode(name, None)),
                email: new.email.map_or(as_written.email, |email| message::decode(email, None)),
            },
            None => as_written,
        };
        let person = Rc::new(Person { identity, account, tool });
        self.known.insert(self.key.clone(), Rc::clone(&person));
        person
    }
}
