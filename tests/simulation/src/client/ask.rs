//! What is asked about operations: reading, cancelling, deleting, watching, and finishing those that others finish.

use lro::google::longrunning::{CancelOperationRequest, DeleteOperationRequest, GetOperationRequest};
use lro::store::OperationName;
use lro::{Caller, Completion};
use tonic::Code;

use super::Client;
use crate::job::{Done, WORK};
use crate::process::Process;

impl Client {
    /// Asks something about some operation, some time, beside what this client does else.
    pub(super) fn ask(self) {
        let what = self.dice.below(12);
        let after = match self.dice.below(3) {
            0 => self.dice.millis(0..20),
            _ => self.dice.millis(0..10_000),
        };
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let (Some(process), Some(name)) = (self.process(), self.any_operation()) else { return };
            match what {
                0..=4 => self.wait(&process, &name).await,
                5..=7 => self.cancel(&process, &name).await,
                8 => self.delete(&process, &name).await,
                9 => self.get(&process, &name).await,
                10 => self.watch(&process, &name).await,
                _ => self.complete_some().await,
            }
        });
    }

    async fn cancel(&self, process: &Process, name: &OperationName) {
        let is_calm = self.world.weather.is_calm();
        let request = CancelOperationRequest { name: name.to_string() };
        match self.call(process, process.operations.clone().cancel_operation(request)).await {
            None => {}
            Some(Ok(_)) => self.world.history.cover("cancels"),
            Some(Err(status)) if status.code() == Code::NotFound => self.check_gone("a cancel", name),
            Some(Err(status)) => self.check_error(process, "a cancel", &status, is_calm),
        }
    }

    async fn delete(&self, process: &Process, name: &OperationName) {
        let is_calm = self.world.weather.is_calm();
        let request = DeleteOperationRequest { name: name.to_string() };
        match self.call(process, process.operations.clone().delete_operation(request)).await {
            None => {}
            Some(Ok(_)) => {
                self.world.history.cover("deletes");
                self.check_gone("a delete that succeeded still", name);
            }
            Some(Err(status)) if status.code() == Code::NotFound => self.check_gone("a delete", name),
            Some(Err(status)) => self.check_error(process, "a delete", &status, is_calm),
        }
    }

    async fn get(&self, process: &Process, name: &OperationName) {
        let is_calm = self.world.weather.is_calm();
        let request = GetOperationRequest { name: name.to_string() };
        match self.call(process, process.operations.clone().get_operation(request)).await {
            None => {}
            Some(Ok(_)) => self.world.history.cover("gets"),
            Some(Err(status)) if status.code() == Code::NotFound => self.check_gone("a get", name),
            Some(Err(status)) => self.check_error(process, "a get", &status, is_calm),
        }
    }

    /// Sees an operation change until it is done.
    async fn watch(&self, process: &Process, name: &OperationName) {
        if !self.site.state().waits.insert((process.number, name.clone())) {
            return;
        }
        let is_calm = self.world.weather.is_calm();
        let seen = async {
            let mut watch = process.engine.watch(&Caller::server(), name.as_str())?;
            let mut last = None;
            while let Some(view) = watch.next().await {
                last = Some(view?);
            }
            Ok::<_, tonic::Status>(last)
        };
        match self.call(process, seen).await {
            None => {}
            Some(Ok(last)) => {
                self.world.history.cover("watches");
                if !last.is_some_and(|view| view.is_done()) {
                    self.world
                        .history
                        .fault(format_args!("a watch on p{} ends before the operation", process.number));
                }
            }
            Some(Err(status)) if status.code() == Code::NotFound => self.check_gone("a watch", name),
            Some(Err(status)) => self.check_error(process, "a watch", &status, is_calm),
        }
        self.site.state().waits.remove(&(process.number, name.clone()));
    }

    /// Finishes one of the operations that others finish, or reports on it.
    pub(crate) async fn complete_some(&self) {
        let token = {
            let state = self.site.state();
            if state.tokens.is_empty() {
                return;
            }
            state.tokens[self.dice.index(state.tokens.len())].clone()
        };
        let (name, token) = token;
        let Some(process) = self.process() else { return };
        let is_calm = self.world.weather.is_calm();
        let call = async {
            match self.dice.below(3) {
                0 => process.engine.fail(&token, tonic::Status::data_loss("it failed")).await,
                _ => process.engine.complete(WORK, &token, Done { text: "by others".into() }).await,
            }
        };
        match self.call(&process, call).await {
            None => {}
            Some(Ok(completion)) => {
                let is_done = {
                    let facts = self.world.history.facts();
                    facts
                        .operations
                        .get(&name)
                        .and_then(|known| known.view.as_ref())
                        .is_none_or(lro::store::View::is_done)
                };
                if !is_done {
                    self.world
                        .history
                        .fault(format_args!("a completion said {completion:?} of what is not done"));
                }
                self.world.history.cover(match completion {
                    Completion::Applied => "delegated completions",
                    _ => "delegated completions that came too late",
                });
            }
            Some(Err(status)) if status.code() == Code::NotFound => self.check_gone("a completion", &name),
            Some(Err(status)) => self.check_error(&process, "a completion", &status, is_calm),
        }
    }
}
