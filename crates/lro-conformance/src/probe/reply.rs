//! The answer to a call, and what a check expects of it.

use std::time::Duration;

use tonic::{Code, Status};

use super::expect::{Stop, Verdict, codes, fail};
use crate::wire::Show;

/// The answer to a call.
#[derive(Debug)]
pub(crate) struct Reply<T> {
    pub(crate) call: &'static str,
    pub(crate) result: Result<T, Status>,
    pub(crate) took: Duration,
    /// Whether a server may have no such method.
    pub(crate) optional: bool,
}

impl<T: Show> Reply<T> {
    /// The answer, which has to be OK.
    pub(crate) fn ok(self) -> Verdict<T> {
        match self.result {
            Ok(answer) => Ok(answer),
            Err(status) => {
                implemented(self.call, self.optional, &status)?;
                Err(fail(format!("{} answers OK", self.call), status.show()))
            }
        }
    }

    /// The status, which has to have one of these codes.
    pub(crate) fn refused(self, expected: &[Code]) -> Verdict<Status> {
        let demand = || format!("{} answers {}", self.call, codes(expected));
        match self.result {
            Ok(answer) => Err(fail(demand(), answer.show())),
            Err(status) if expected.contains(&status.code()) => Ok(status),
            Err(status) => {
                implemented(self.call, self.optional, &status)?;
                Err(fail(demand(), status.show()))
            }
        }
    }

    /// The answer, or a status that says that the client is to blame: never that the server broke.
    pub(crate) fn ok_or_refused(self) -> Verdict<Result<T, Status>> {
        match self.result {
            Ok(answer) => Ok(Ok(answer)),
            Err(status) => {
                implemented(self.call, self.optional, &status)?;
                let is_broken = matches!(
                    status.code(),
                    Code::Internal
                        | Code::Unknown
                        | Code::DataLoss
                        | Code::Unavailable
                        | Code::DeadlineExceeded
                        | Code::Cancelled
                );
                if is_broken {
                    let demand =
                        "an answer that does not blame the server, as its code is for faults of the server";
                    return Err(fail(demand, status.show()));
                }
                Ok(Err(status))
            }
        }
    }

    /// The answer, which has to be OK and to have come within `limit`.
    pub(crate) fn ok_within(self, limit: Duration) -> Verdict<T> {
        let (took, call) = (self.took, self.call);
        let answer = self.ok()?;
        if took > limit {
            let demand = format!("{call} answers within {:.1} s", limit.as_secs_f64());
            return Err(fail(demand, format!("it took {:.1} s", took.as_secs_f64())));
        }
        Ok(answer)
    }
}

fn implemented(call: &str, optional: bool, status: &Status) -> Verdict {
    if optional && status.code() == Code::Unimplemented {
        return Err(Stop::NotImplemented(format!("the server has no {call}")));
    }
    Ok(())
}
