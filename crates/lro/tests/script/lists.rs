//! Lists of operations.

use lro::google::longrunning::ListOperationsRequest;
use lro::testing::script::ScriptedServer;
use tonic::Code;

use crate::support::{METHOD, Script, asker, seconds};

/// The ids on each page.
async fn pages(server: &ScriptedServer, parent: &str, page_size: i32) -> Vec<String> {
    let mut asker = asker(server);
    let mut pages = Vec::new();
    let mut request =
        ListOperationsRequest { name: parent.to_owned(), page_size, ..ListOperationsRequest::default() };
    loop {
        let page = asker.list_operations(request.clone()).await.unwrap().into_inner();
        let ids = page.operations.iter().map(|operation| operation.name.rsplit('/').next().unwrap());
        pages.push(ids.collect::<Vec<_>>().join(" "));
        if page.next_page_token.is_empty() {
            return pages;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test(start_paused = true)]
async fn lists_are_answered_page_by_page_and_begin_with_the_newest() {
    let server = ScriptedServer::new();
    for parent in ["shelves/1", "shelves/1", "shelves/10", "shelves/1"] {
        server.start(METHOD, Script::new().parent(parent));
    }
    server.start(METHOD, Script::new().parent("shelves/1").hidden_for(seconds(1)));
    assert_eq!(pages(&server, "", 3).await, ["4 3 2", "1"]);
    assert_eq!(pages(&server, "shelves/1", 2).await, ["4 2", "1"]);
    assert_eq!(pages(&server, "shelves/1/operations", 0).await, ["4 2 1"]);
    assert_eq!(pages(&server, "shelves/2", 0).await, [""]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_a_page_is_refused() {
    let server = ScriptedServer::new();
    for (page_size, page_token) in [(-1, ""), (0, "one")] {
        let page_token = page_token.to_owned();
        let request = ListOperationsRequest { page_size, page_token, ..ListOperationsRequest::default() };
        let status = asker(&server).list_operations(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
    }
}
